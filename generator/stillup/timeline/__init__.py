"""TRUE: what held at an instant. Pure: records and the argument `at` in, values out."""
