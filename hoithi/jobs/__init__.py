"""Long work outside the request: asked for on a page, with progress and a result that stays.

Nothing here goes by the clock, and work that has begun is not cancelled. A sitting is closed at its
time by the hall itself; collecting, grading and publishing are asked for by people at the desk.
"""
