"""Grades: each handed-in function judged by its check, in a process of its own, and what teachers and students get."""
