"""`python -m cli import-supabase`: books of a Supabase table `cims` become workflows."""
