package io.millrace.client.producer;

import io.millrace.wire.record.Compression;

/**
 * How a producer makes batches and how long it tries. Names and defaults are those of Kafka's producer.
 *
 * @param batchBytes {@code batch.size}: what a batch may have before it is sent without lingering; a record that is
 *     larger has a batch of its own
 * @param lingerMs {@code linger.ms}: how long a batch that is not full waits for more records
 * @param memoryBytes {@code buffer.memory}: all batches together; what comes then waits
 * @param requestBytesMax {@code max.request.size}: batches of one request, and so the largest record
 * @param deliveryTimeoutMs {@code delivery.timeout.ms}: from {@code send} to the end of trying
 * @param retryBackoffMs {@code retry.backoff.ms}: before the second attempt; doubles with each more
 * @param retryBackoffMaxMs {@code retry.backoff.max.ms}
 * @param maxInFlight {@code max.in.flight.requests.per.connection}: batches of one partition that are sent and not
 *     answered. With more than 1, and without idempotence, retries can change the order of records
 * @param idempotent {@code enable.idempotence}: batches carry sequences, by which a broker knows those that it has already
 * @param compression {@code compression.type}
 * @param compressionLevel {@code compression.<type>.level}
 */
public record BatchingOptions(
        int batchBytes,
        long lingerMs,
        long memoryBytes,
        int requestBytesMax,
        long deliveryTimeoutMs,
        long retryBackoffMs,
        long retryBackoffMaxMs,
        int maxInFlight,
        boolean idempotent,
        Compression compression,
        int compressionLevel) {

    /** A broker remembers so many batches of a producer and partition: beyond that it could not tell a repeated one. */
    public static final int IDEMPOTENT_IN_FLIGHT_MAX = 5;

    public static final BatchingOptions DEFAULT = new BatchingOptions(
            16 * 1024,
            5,
            32 * 1024 * 1024,
            1024 * 1024,
            120_000,
            100,
            1_000,
            IDEMPOTENT_IN_FLIGHT_MAX,
            true,
            Compression.NONE,
            Compression.NONE.defaultLevel());

    /** @throws IllegalArgumentException if a value is out of its range; the text names Kafka's key and what is allowed */
    public BatchingOptions {
        check(batchBytes >= 0, "batch.size", batchBytes, "0 or more");
        check(lingerMs >= 0, "linger.ms", lingerMs, "0 or more");
        check(requestBytesMax > 0, "max.request.size", requestBytesMax, "1 or more");
        check(
                memoryBytes >= requestBytesMax,
                "buffer.memory",
                memoryBytes,
                "at least max.request.size " + requestBytesMax);
        check(deliveryTimeoutMs > 0, "delivery.timeout.ms", deliveryTimeoutMs, "1 or more");
        check(retryBackoffMs >= 0, "retry.backoff.ms", retryBackoffMs, "0 or more");
        check(
                retryBackoffMaxMs >= retryBackoffMs,
                "retry.backoff.max.ms",
                retryBackoffMaxMs,
                "at least retry.backoff.ms " + retryBackoffMs);
        check(maxInFlight > 0, "max.in.flight.requests.per.connection", maxInFlight, "1 or more");
        check(
                !idempotent || maxInFlight <= IDEMPOTENT_IN_FLIGHT_MAX,
                "max.in.flight.requests.per.connection",
                maxInFlight,
                "up to " + IDEMPOTENT_IN_FLIGHT_MAX + " with enable.idempotence");
        check(
                compression.acceptsLevel(compressionLevel),
                "compression." + compression.configName() + ".level",
                compressionLevel,
                compression.minLevel() + " to " + compression.maxLevel());
    }

    private static void check(boolean holds, String key, long value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(key + " is " + value + "; allowed is " + allowed);
        }
    }
}
