"""Messages: what is owed to whom, made, told once, and accounted for."""
