"""PUBLIC: the only shapes a public output may see. Internal facts have no field here."""
