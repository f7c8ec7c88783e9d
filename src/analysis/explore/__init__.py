"""Questions of one's own, asked of the stored tables: any table, one customer, other parameters."""
