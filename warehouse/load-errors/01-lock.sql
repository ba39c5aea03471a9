-- One writer at a time: see the load.
LOCK TABLE intake.mutex;
