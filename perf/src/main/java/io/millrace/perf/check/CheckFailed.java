package io.millrace.perf.check;

/** A comparison that did not hold; the message says what was expected and what was seen. */
public final class CheckFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckFailed(String message) {
        super(message);
    }
}
