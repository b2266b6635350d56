package io.millrace.perf.interop;

/** A comparison that did not hold; the message says what was expected and what was seen. */
final class CheckFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckFailed(String message) {
        super(message);
    }
}
