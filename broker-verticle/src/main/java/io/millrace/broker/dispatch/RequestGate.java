package io.millrace.broker.dispatch;

/**
 * Holds back the following requests of one connection. Owned by: the connection's event loop. While it is closed no
 * request starts and, soon, no bytes are read, so that the client feels TCP backpressure.
 */
public interface RequestGate {

    /** Closes the gate once more; every call needs one {@link #open()}. */
    void close();

    /** Undoes one {@link #close()}; the last one lets requests start again. */
    void open();

    /** Calls the listener once when the connection ends, on its event loop; at once if it has ended. */
    default void onDisconnect(Runnable listener) {}

    /** Forgets a listener that is no longer needed. */
    default void removeDisconnectListener(Runnable listener) {}
}
