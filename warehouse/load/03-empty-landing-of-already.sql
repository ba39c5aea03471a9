DELETE FROM intake.landing
WHERE landing_id IN (SELECT already.landing_id FROM already);
