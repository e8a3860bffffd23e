"""What tokens cost, and as of when."""
