package io.millrace.broker.dispatch;

/** The bytes of a request, which it holds until it is answered, or until its handler says that it needs them no longer. */
@FunctionalInterface
public interface HeldRequest {

    /**
     * Gives the bytes back before the answer, which may take long. The handler calls it before it returns, and has copied what
     * it needs of them.
     */
    void releaseBytes();
}
