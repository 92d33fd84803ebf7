"""Internal documents of the incident response plan: reports, evidence, clocks."""
