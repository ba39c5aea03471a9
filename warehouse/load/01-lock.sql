-- One writer at a time. As the first statement it comes before the transaction's snapshot, which then sees all that earlier loads did.
LOCK TABLE intake.mutex;
