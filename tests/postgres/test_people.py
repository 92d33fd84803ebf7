"""A list of any length: a worker reads its own part, and does not walk through all that stands before it."""

from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from stillup.subscribers.opening import open_store
from stillup.subscribers.postgres_store import SLICES
from tests.loopback import wait

PEOPLE = 20_000
_FILL = """
INSERT INTO subscription (id, channel, key, slice, address, audience, components, impact, kinds, follow, incident,
  language, timezone, secret, confirmed_at, suppressed)
SELECT 'n' || n, 'email', 'n' || n, n % {slices}, 'n' || n, '', '', '', '', '', '', '', '', '', now(), ''
FROM generate_series(1, {people}) n
"""
_BLOCKS = """
SELECT idx_blks_hit + idx_blks_read FROM pg_statio_user_indexes
WHERE schemaname = '{schema}' AND indexrelname = 'subscription_slice'
"""


def test_the_last_part_of_a_list_costs_no_more_than_the_first(cluster, database, tmp_path):
    migrate(address(database), "people")
    schema = address(database).schema
    fill = _FILL.format(slices=SLICES, people=PEOPLE)
    cluster.sql(f"SET search_path = {schema}; {fill}; ANALYZE subscription")
    cluster.sql(f"VACUUM {schema}.subscription")

    def blocks():
        return cluster.sql(_BLOCKS.format(schema=schema))[0][0]

    costs = []
    for first in (0, SLICES - 4):
        before, store = blocks(), open_store(tmp_path, database, bytes(16))
        people = {row.key for row in store.within(first, first + 4).rows("email")}
        store.close()
        wait(lambda known=before: blocks() > known, "what it read is not counted")
        costs.append(blocks() - before)
        assert len(people) == sum(first <= n % SLICES < first + 4 for n in range(1, PEOPLE + 1))

    assert max(costs) < 40, costs
