"""Programs beside a plant: time, rounds of reads and writes, hooks in threads of their own."""
