"""PostgreSQL: addresses, connections that come back, tables and roles. What is kept there is for other rooms to say."""
