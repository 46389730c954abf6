"""Proof with the real Better Auth that whoever could sign in at Clerk signs in after the job."""
