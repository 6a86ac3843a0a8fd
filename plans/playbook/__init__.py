"""Five minutes with an expert, and the playbook in which the answer stays findable."""
