-- What was judged, and nothing that landed meanwhile.
DELETE FROM intake.landing
WHERE landing_id IN (SELECT judged.landing_id FROM judged);
