"""Workers: the road as jobs, done by any number of processes on any number of machines, on PostgreSQL."""
