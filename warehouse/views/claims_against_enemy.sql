-- What does each side claim about the other's losses, beside what anyone else says of the same?
WITH told AS (
    SELECT r.tally_id, r.origin, substr(r.origin, 6) AS party_code, r.as_of_date, f.low, f.best, f.high, f.quote, a.outlet_id, a.published_date
    FROM tally_figures r JOIN figures f USING (figure_id) JOIN articles a USING (version_id)
    WHERE r.tally_id IS NOT NULL AND r.reason <> 'copy')
SELECT t.metric_code, t.target_code AS losses_of, claim.party_code AS claimed_by, t.victim, t.weapon_class,
    coalesce(t.place_name, t.country_code) AS "where", t.period_start_date, claim.as_of_date, claim.low, claim.best, claim.high, claim.quote,
    other.origin AS beside, other.as_of_date AS beside_as_of, other.low AS beside_low, other.best AS beside_best, other.high AS beside_high,
    other.quote AS beside_quote, t.is_contested, t.tally_id
FROM told claim
JOIN tallies t USING (tally_id)
LEFT JOIN told other ON other.tally_id = claim.tally_id AND other.origin <> claim.origin
WHERE starts_with(claim.origin, 'side:') AND t.target_code IS NOT NULL AND claim.party_code <> t.target_code
    AND (t.metric_code LIKE 'CAS_%' OR t.metric_code LIKE 'EQP_%' OR t.metric_code = 'DET_CAPTURED')
ORDER BY t.metric_code, losses_of, claim.as_of_date, t.tally_id, beside
