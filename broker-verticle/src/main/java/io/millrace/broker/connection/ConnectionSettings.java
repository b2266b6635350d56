package io.millrace.broker.connection;

/**
 * The bounds of each connection.
 *
 * @param frameBytesMax {@code socket.request.max.bytes}
 * @param idleMs {@code connections.max.idle.ms}; zero or less: never closed for being idle
 * @param inFlightMax requests that have started and whose response is not written yet
 * @param inFlightBytesMax bytes of such requests; one more request may always start, so that any size can pass
 * @param outboundBytesMax bytes of responses handed to the socket and not sent; above it no request starts
 * @param stalledFrameMs a request that has begun must make progress within this time
 */
public record ConnectionSettings(
        int frameBytesMax,
        long idleMs,
        int inFlightMax,
        long inFlightBytesMax,
        long outboundBytesMax,
        long stalledFrameMs) {

    /** Enough for every client's pipelining (Java: 5, librdkafka: up to 100 in a burst) without much to hold. */
    public static final int IN_FLIGHT_MAX = 64;

    public static final long IN_FLIGHT_BYTES_MAX = 8 << 20;

    public static final long OUTBOUND_BYTES_MAX = 1 << 20;

    public static final long STALLED_FRAME_MS = 30_000;

    /** The settings that Kafka's configuration keys reach, with our own bounds for the rest. */
    public static ConnectionSettings of(int frameBytesMax, long idleMs) {
        return new ConnectionSettings(
                frameBytesMax, idleMs, IN_FLIGHT_MAX, IN_FLIGHT_BYTES_MAX, OUTBOUND_BYTES_MAX, STALLED_FRAME_MS);
    }
}
