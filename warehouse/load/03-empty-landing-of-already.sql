DELETE FROM intake.landing
USING already
WHERE landing.landing_id = already.landing_id;
