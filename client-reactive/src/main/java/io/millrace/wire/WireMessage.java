package io.millrace.wire;

/**
 * A message whose schema Kafka publishes: a request, a response, a header, or data that is kept in records. Generated
 * classes implement it. Mutable and not thread-safe; owned by whoever made it.
 */
public interface WireMessage {

    /** Lowest version that {@link #read} and {@link #write} know. */
    short lowestSupportedVersion();

    /** Highest version that {@link #read} and {@link #write} know. */
    short highestSupportedVersion();

    /**
     * Replaces every field by what the bytes say; fields that are not in the version get their default. {@code bytes}
     * and {@code records} become slices of the reader's buffer that are not retained: they live as long as it does.
     *
     * @throws WireException if the bytes are no such message; the fields are then in an undefined state
     */
    void read(WireReader in, short version);

    /**
     * Appends the message. Record bytes are not copied, their ownership moves to the writer.
     *
     * @throws WireException if a field is set that the version cannot carry; the writer is then to be released, and so
     *     is this message
     */
    void write(WireWriter out, short version);

    /**
     * Gives up the records that were not written, of a message that will not be sent; harmless if there are none. Not for
     * a message that was read: its records belong to the frame.
     */
    default void release() {}
}
