package io.millrace.client.producer;

import io.millrace.client.RecordMetadata;
import io.millrace.client.TopicPartition;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordBatchBuilder;
import io.millrace.wire.record.RecordFields;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition that are written together, from the first record to the last answer. While it is open, records are
 * encoded straight into its buffer. Then it is sealed, given a sequence, sent, perhaps several times, and settled: what
 * became of the records is known, or time is up. A batch that is settled while a broker still has it in hand stays until
 * that has answered, since its sequence is used up or not.
 *
 * <p>Owned by: the producer's event loop.
 */
public final class Batch {
    private static final int INITIAL_RECORDS = 8;

    private final TopicPartition partition;
    final long serial;
    private final long createdMs;
    private final long deadlineMs;

    private final RecordBatchBuilder builder;
    private @Nullable ByteBuf bytes;
    private boolean sealed;
    private int count;
    private Delivery[] deliveries = new Delivery[INITIAL_RECORDS];
    private long[] timestampsMs = new long[INITIAL_RECORDS];

    /** Bytes of records before any codec. */
    private int unpackedBytes;

    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;

    /** How often it was given to a connection. */
    int attempts;
    /** The epoch of the leader that had it last. */
    int sentLeaderEpoch;
    /** When it may be tried again. */
    long retryAtMs;
    /** Whether a connection has it. */
    boolean outstanding;
    /** Whether it may have been written by an attempt of which nobody knows the end. */
    boolean maybeWritten;
    /** Whether it goes without lingering. */
    boolean urgent;
    /** What the last answer said. */
    ErrorCode lastError = ErrorCode.NONE;

    private boolean settled;
    private long baseOffset;
    private long appendTimestampMs;
    private @Nullable DeliveryFailure failure;

    Batch(TopicPartition partition, long serial, long createdMs, long deadlineMs, RecordBatchBuilder builder) {
        this.partition = partition;
        this.serial = serial;
        this.createdMs = createdMs;
        this.deadlineMs = deadlineMs;
        this.builder = builder;
    }

    public TopicPartition partition() {
        return partition;
    }

    public int recordCount() {
        return count;
    }

    /** Bytes of the whole batch, as it is sent; before it is sealed, a codec may hold some back. */
    public int sizeBytes() {
        return bytes == null ? builder.sizeBytes() : bytes.readableBytes();
    }

    /**
     * The batch as it goes to the broker. It belongs to the batch: whoever sends it retains a duplicate first, and keeps
     * that until it has told what became of it.
     *
     * @throws IllegalStateException unless it was drained
     */
    public ByteBuf bytes() {
        if (bytes == null) {
            throw new IllegalStateException("a batch has its bytes when it is drained");
        }
        return bytes;
    }

    /** How often it was drained. */
    public int attempts() {
        return attempts;
    }

    long createdMs() {
        return createdMs;
    }

    long deadlineMs() {
        return deadlineMs;
    }

    boolean isOpen() {
        return !sealed;
    }

    boolean isSettled() {
        return settled;
    }

    boolean isSequenced() {
        return baseSequence != RecordBatch.NO_SEQUENCE;
    }

    int unpackedBytes() {
        return unpackedBytes;
    }

    void append(long timestampMs, RecordFields fields, Delivery delivery) {
        builder.append(timestampMs, fields);
        unpackedBytes += fields.sizeBytesMax();
        add(timestampMs, delivery);
    }

    /** There will be no more records. */
    void seal() {
        if (!sealed) {
            builder.seal();
            sealed = true;
        }
    }

    /** Gives the batch its bytes, without a sequence, if it has none yet. */
    void build() {
        if (bytes == null) {
            seal();
            bytes = builder.build();
        }
    }

    /** Gives the batch its bytes, with this sequence. */
    void sequence(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        if (bytes == null) {
            seal();
            bytes = builder.producer(producerId, producerEpoch, baseSequence).build();
        } else {
            RecordBatch.setProducer(bytes, bytes.readerIndex(), producerId, producerEpoch, baseSequence);
        }
    }

    /**
     * The same records in two batches, in their order, with the sequences that they have. This one is at its end then.
     *
     * @param builders makes a builder that begins with so many bytes
     */
    List<Batch> split(IntFunction<RecordBatchBuilder> builders) {
        ByteBuf whole = bytes();
        int half = count / 2;
        List<Batch> parts = List.of(part(builders, 0), part(builders, half));
        try (RecordReader records = RecordReader.open(whole, whole.readerIndex(), Long.MAX_VALUE)) {
            while (records.next()) {
                int index = records.indexInBatch();
                Batch part = parts.get(index < half ? 0 : 1);
                part.builder.append(records.timestampMs(), records.key(), records.value(), records.headers());
                part.add(timestampsMs[index], deliveries[index]);
            }
        }
        for (Batch each : parts) {
            if (isSequenced()) {
                each.sequence(each.producerId, each.producerEpoch, each.baseSequence);
            } else {
                each.build();
            }
        }
        release();
        return parts;
    }

    private Batch part(IntFunction<RecordBatchBuilder> builders, int firstIndex) {
        Batch part = new Batch(partition, serial, createdMs, deadlineMs, builders.apply(sizeBytes()));
        part.producerId = producerId;
        part.producerEpoch = producerEpoch;
        part.baseSequence = isSequenced() ? RecordBatch.sequenceAfter(baseSequence, firstIndex) : baseSequence;
        part.attempts = attempts;
        part.lastError = lastError;
        return part;
    }

    /** Its records are in the log. {@link #complete} tells. */
    void settleWritten(long baseOffset, long appendTimestampMs) {
        settled = true;
        this.baseOffset = baseOffset;
        this.appendTimestampMs = appendTimestampMs;
    }

    /** {@link #complete} tells. */
    void settleFailed(DeliveryFailure failure) {
        settled = true;
        this.failure = failure;
    }

    /** Tells those who wait for its records, in the order of the records. */
    void complete() {
        for (int i = 0; i < count; i++) {
            if (failure != null) {
                deliveries[i].onFailed(failure);
            } else {
                long offset = baseOffset < 0 ? RecordMetadata.NO_OFFSET : baseOffset + i;
                long timestampMs = appendTimestampMs < 0 ? timestampsMs[i] : appendTimestampMs;
                deliveries[i].onDelivered(partition.partition(), offset, timestampMs);
            }
        }
    }

    /** Gives its memory back. */
    void release() {
        if (bytes == null) {
            builder.close();
        } else {
            bytes.release();
        }
    }

    private void add(long timestampMs, Delivery delivery) {
        if (count == deliveries.length) {
            deliveries = Arrays.copyOf(deliveries, count * 2);
            timestampsMs = Arrays.copyOf(timestampsMs, count * 2);
        }
        deliveries[count] = delivery;
        timestampsMs[count] = timestampMs;
        count++;
    }

    @Override
    public String toString() {
        return "batch of " + count + " records for " + partition + " at epoch " + producerEpoch + ", sequence "
                + baseSequence;
    }
}
