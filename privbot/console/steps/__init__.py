"""The forms by which operators take steps, one class for each: when it is offered, what it asks, and which plain function it calls."""
