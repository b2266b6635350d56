package io.millrace.wire;

/**
 * The record batches that a message carries, wherever their bytes are. Holds one claim on those bytes, which ends with
 * {@link #transferTo} or {@link #release}, whichever comes first.
 */
public interface Records {

    int sizeBytes();

    /** Hands the bytes to the writer, as a part of their own. Their ownership moves to the writer. Once only. */
    void transferTo(WireWriter out);

    /** Gives up the bytes unsent. No effect after {@link #transferTo} or a second time. */
    void release();
}
