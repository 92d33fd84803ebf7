"""What `stillup serve` does: sign-up forms, and alerts that come in."""
