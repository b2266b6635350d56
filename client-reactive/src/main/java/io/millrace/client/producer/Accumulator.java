package io.millrace.client.producer;

import io.millrace.client.TopicPartition;
import io.millrace.client.loop.Backoff;
import io.millrace.client.producer.DeliveryFailure.Kind;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordBatchBuilder;
import io.millrace.wire.record.RecordFields;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Collects records into batches and says which of them each broker is to be sent, until all are in the log or have
 * failed. It knows no socket and no clock: whoever drives it
 *
 * <ol>
 *   <li>{@linkplain #append appends} records,
 *   <li>{@linkplain #drain drains} a request for each broker that takes one, and sends it,
 *   <li>tells for each drained batch, exactly once, how that ended: {@link #onAnswer}, {@link #onUnanswered} or {@link
 *       #onNotSent},
 *   <li>calls {@link #expire} when {@link #nextWakeUpMs} says,
 *   <li>and after each of these {@link #complete}, which tells the deliveries; nothing else does.
 * </ol>
 *
 * <p>What holds: each delivery hears once. With idempotence no record is twice in the log, and those of a partition are
 * in the order of their appends. A failure says whether the record may be in the log. Memory is within the limit: beyond
 * it {@link #append} takes nothing.
 *
 * <p>Owned by: the producer's event loop.
 */
public final class Accumulator {
    private static final int SMALLEST_BUFFER = 512;

    private final BatchingOptions options;
    private final ByteBufAllocator allocator;
    private final Backoff backoff;
    private final RandomGenerator random;

    private final PartitionQueues queues;
    private final ProducerIdentity identity = new ProducerIdentity();
    private final Queue<Batch> settled = new ArrayDeque<>();

    private long memoryUsed;
    private long lastSerial;
    private boolean hurry;
    private boolean closing;
    private boolean staleMetadata;

    public Accumulator(BatchingOptions options, ByteBufAllocator allocator, RandomGenerator random) {
        this.options = options;
        this.allocator = allocator;
        this.backoff = new Backoff(options.retryBackoffMs(), options.retryBackoffMaxMs());
        this.random = random;
        this.queues = new PartitionQueues(options);
    }

    /**
     * Adds a record to the partition's batch. Its bytes are copied.
     *
     * @param sentMs when the application has sent it, from which the delivery timeout counts
     * @return false if memory is used up: nothing has changed; try again when batches are done
     * @throws IllegalArgumentException if the record is too large for any request
     */
    public boolean append(
            TopicPartition partition,
            long timestampMs,
            RecordFields fields,
            Delivery delivery,
            long sentMs,
            long nowMs) {
        int recordBytes = fields.sizeBytesMax();
        if (recordBytes > recordBytesMax()) {
            throw new IllegalArgumentException(
                    "a record of " + recordBytes + " bytes where " + recordBytesMax() + " are allowed");
        }
        PartitionQueue queue = queues.of(partition);
        Batch batch = queue.open();
        if (batch != null && !hasRoom(queue, batch, recordBytes)) {
            seal(queue, batch);
            batch = null;
        }
        int cost = recordBytes + (batch == null ? RecordBatch.HEADER_SIZE : 0);
        if (memoryUsed + cost > options.memoryBytes()) {
            return false;
        }
        if (batch == null) {
            batch = newBatch(queue, recordBytes, sentMs, nowMs);
        }
        memoryUsed += cost;
        batch.append(timestampMs, fields, delivery);
        if (!hasRoom(queue, batch, 0)) {
            seal(queue, batch);
        }
        return true;
    }

    /** What a record may have, as {@link RecordFields#sizeBytesMax} counts. */
    public int recordBytesMax() {
        return options.requestBytesMax() - RecordBatch.HEADER_SIZE;
    }

    /** Whether the partition's next record begins a batch. */
    boolean isBatchComplete(TopicPartition partition) {
        PartitionQueue queue = queues.find(partition);
        return queue == null || queue.open() == null;
    }

    /** Batches of the partition that are not done. */
    public int queuedBatches(TopicPartition partition) {
        PartitionQueue queue = queues.find(partition);
        return queue == null ? 0 : queue.batches().size();
    }

    /** Bytes of all batches that are not done. */
    public long memoryUsed() {
        return memoryUsed;
    }

    /** Records wait for memory: batches go as they are, without lingering. */
    void hurry(boolean hurry) {
        this.hurry = hurry;
    }

    /** Whether {@link #onProducerId} has to come before anything can be sent. */
    public boolean wantsProducerId() {
        return options.idempotent() && !identity.isKnown();
    }

    /** The cluster has given the producer an id. */
    public void onProducerId(long producerId, short producerEpoch) {
        identity.set(producerId, producerEpoch);
    }

    /** Whether partitions have batches and no leader, or what answers said makes it likely that leaders have moved. */
    public boolean wantsMetadata() {
        return staleMetadata || queues.hasLeaderless();
    }

    /**
     * There is newer metadata.
     *
     * @param leaders is asked until there is newer again
     */
    public void onLeaders(Leaders leaders) {
        staleMetadata = false;
        queues.onLeaders(leaders);
    }

    /** The brokers for which there may be something to drain. */
    public Collection<Integer> brokers() {
        return queues.brokers();
    }

    /**
     * The batches of the next request to a broker, at most one of a partition; empty if there is nothing to send now. They are
     * outstanding from now on.
     */
    public List<Batch> drain(int broker, long nowMs) {
        if (wantsProducerId()) {
            return List.of();
        }
        List<Batch> request = new ArrayList<>();
        long requestBytes = 0;
        int served = 0;
        for (PartitionQueue queue : queues.inTurn(broker)) {
            Batch batch = prepare(queue) ? queue.next(nowMs, isInAHurry()) : null;
            if (batch != null) {
                seal(queue, batch);
                if (!request.isEmpty() && requestBytes + batch.sizeBytes() > options.requestBytesMax()) {
                    break;
                }
                queue.seal(batch);
                queue.sent(batch);
                request.add(batch);
                requestBytes += batch.sizeBytes();
            }
            served++;
        }
        queues.served(broker, served);
        return request;
    }

    private boolean isInAHurry() {
        return hurry || closing;
    }

    /** What might be in the log under a sequence that is lost would not be recognised under another. */
    private boolean prepare(PartitionQueue queue) {
        if (!options.idempotent()) {
            return true;
        }
        if (queue.needsResequencing()) {
            for (Batch each : List.copyOf(queue.batches())) {
                if (each.maybeWritten) {
                    fail(
                            queue,
                            each,
                            Kind.UNKNOWN,
                            "its sequence was lost, and an earlier attempt may have been written");
                }
            }
        }
        return !queue.isEmpty() && queue.prepare(identity);
    }

    /** The broker has answered. */
    public void onAnswer(Batch batch, ProduceAnswer answer, long nowMs) {
        PartitionQueue queue = returned(batch);
        if (queue == null) {
            return;
        }
        batch.lastError = answer.error();
        staleMetadata |= AnswerMeaning.asksForMetadata(answer.error());
        AnswerMeaning meaning = AnswerMeaning.of(answer.error());
        switch (meaning) {
            case WRITTEN -> written(queue, batch, answer.baseOffset(), answer.appendTimestampMs());
            case WRITTEN_BEFORE -> written(queue, batch, ProduceAnswer.NO_OFFSET, ProduceAnswer.NO_TIMESTAMP);
            case TOO_LARGE -> onTooLarge(queue, batch, answer, nowMs);
            case OUT_OF_SEQUENCE -> {
                if (batch.isSequenced()) {
                    if (queue.isHead(batch)) {
                        queue.onSequenceLost();
                    }
                    retry(queue, batch, nowMs);
                } else {
                    refuse(queue, batch, answer);
                }
            }
            case NOT_YET -> retry(queue, batch, nowMs);
            case MAYBE -> {
                batch.maybeWritten = true;
                retry(queue, batch, nowMs);
            }
            case REFUSED -> refuse(queue, batch, answer);
            case UNKNOWN -> {
                batch.maybeWritten = true;
                refuse(queue, batch, answer);
            }
        }
    }

    /** The batch was sent, and there will be no answer: the connection has ended, or the broker has taken too long. */
    public void onUnanswered(Batch batch, long nowMs) {
        PartitionQueue queue = returned(batch);
        if (queue != null) {
            batch.maybeWritten = true;
            batch.lastError = ErrorCode.NETWORK_EXCEPTION;
            staleMetadata = true;
            retry(queue, batch, nowMs);
        }
    }

    /** No byte of the batch has left: the connection could not be made, or had ended before. */
    public void onNotSent(Batch batch, long nowMs) {
        PartitionQueue queue = returned(batch);
        if (queue != null) {
            staleMetadata = true;
            retry(queue, batch, nowMs);
        }
    }

    /** Fails what has been tried for too long. */
    public void expire(long nowMs) {
        for (PartitionQueue queue : queues.all()) {
            if (!queue.isEmpty() && queue.batches().get(0).deadlineMs() <= nowMs) {
                for (Batch each : List.copyOf(queue.batches())) {
                    if (each.deadlineMs() <= nowMs && !each.isSettled()) {
                        expire(queue, each);
                    }
                }
            }
        }
    }

    /**
     * When {@link #drain} or {@link #expire} may find something that is not there now; {@link Long#MAX_VALUE} if never
     * by itself.
     */
    public long nextWakeUpMs(long nowMs) {
        return queues.nextWakeUpMs(nowMs, isInAHurry());
    }

    /**
     * Tells the deliveries of batches that are settled. They may append meanwhile.
     *
     * @return whether there were any
     */
    public boolean complete() {
        boolean any = false;
        for (Batch batch = settled.poll(); batch != null; batch = settled.poll()) {
            any = true;
            batch.complete();
        }
        return any;
    }

    /**
     * Lets everything that is here go without lingering.
     *
     * @return what {@link #isFlushed} takes
     */
    public long flush() {
        for (PartitionQueue queue : queues.all()) {
            queue.batches().forEach(each -> each.urgent = true);
        }
        return lastSerial;
    }

    /** Whether all that was here at that {@link #flush} is settled. */
    public boolean isFlushed(long flush) {
        return queues.all().stream()
                .flatMap(each -> each.batches().stream())
                .allMatch(each -> each.isSettled() || each.serial > flush);
    }

    /** Whether there are no batches. */
    public boolean isEmpty() {
        return queues.isEmpty();
    }

    /** From now on nothing lingers. */
    public void close() {
        closing = true;
    }

    /** Fails all that is not settled, at the end of patience or of the client. Answers that still come are ignored. */
    public void abort(String reason) {
        for (PartitionQueue queue : queues.all()) {
            for (Batch each : List.copyOf(queue.batches())) {
                Kind kind = each.maybeWritten || each.outstanding ? Kind.UNKNOWN : Kind.CLOSED;
                settleFailed(each, kind, each.lastError, reason);
                remove(queue, each);
            }
        }
    }

    /** The producer may not write at all: fails all that is not settled for a reason of the broker. */
    public void refuseAll(ErrorCode error, String reason) {
        for (PartitionQueue queue : queues.all()) {
            for (Batch each : List.copyOf(queue.batches())) {
                if (!each.outstanding) {
                    settleFailed(each, each.maybeWritten ? Kind.UNKNOWN : Kind.REFUSED, error, reason);
                    remove(queue, each);
                }
            }
        }
    }

    private boolean hasRoom(PartitionQueue queue, Batch batch, int recordBytes) {
        long unpacked = (long) batch.unpackedBytes() + recordBytes;
        return RecordBatch.HEADER_SIZE + queue.ratio.estimate(unpacked) <= queue.batchBytesMax
                && RecordBatch.HEADER_SIZE + unpacked <= options.requestBytesMax();
    }

    private RecordBatchBuilder newBuilder(int capacity) {
        return new RecordBatchBuilder(allocator, capacity)
                .compression(options.compression(), options.compressionLevel());
    }

    private Batch newBatch(PartitionQueue queue, int recordBytes, long sentMs, long nowMs) {
        int capacity = Math.max(SMALLEST_BUFFER, Math.max(queue.lastBatchBytes, RecordBatch.HEADER_SIZE + recordBytes));
        Batch batch = new Batch(
                queue.partition, ++lastSerial, nowMs, sentMs + options.deliveryTimeoutMs(), newBuilder(capacity));
        queues.add(queue, batch);
        return batch;
    }

    /** Memory is counted unpacked while a batch is open, and as it is from then on. */
    private void seal(PartitionQueue queue, Batch batch) {
        if (batch.isOpen()) {
            batch.seal();
            int records = batch.sizeBytes() - RecordBatch.HEADER_SIZE;
            queue.ratio.observe(batch.unpackedBytes(), records);
            queue.lastBatchBytes = batch.sizeBytes();
            memoryUsed += records - batch.unpackedBytes();
        }
    }

    private @Nullable PartitionQueue returned(Batch batch) {
        PartitionQueue queue = queues.find(batch.partition());
        if (queue == null || !batch.outstanding || !queue.contains(batch)) {
            return null;
        }
        queue.returned(batch);
        return queue;
    }

    private void written(PartitionQueue queue, Batch batch, long baseOffset, long appendTimestampMs) {
        if (!batch.isSettled()) {
            batch.settleWritten(baseOffset, appendTimestampMs);
            settled.add(batch);
        }
        remove(queue, batch);
    }

    private void retry(PartitionQueue queue, Batch batch, long nowMs) {
        if (batch.isSettled()) {
            giveUp(queue, batch);
        } else {
            batch.retryAtMs = nowMs + backoff.delayMs(batch.attempts, random);
        }
    }

    private void onTooLarge(PartitionQueue queue, Batch batch, ProduceAnswer answer, long nowMs) {
        boolean canSplit = batch.recordCount() > 1 && !batch.maybeWritten && !batch.isSettled();
        if (!canSplit) {
            refuse(queue, batch, answer);
            return;
        }
        queue.batchBytesMax = Math.min(queue.batchBytesMax, batch.sizeBytes() / 2);
        memoryUsed -= batch.sizeBytes();
        List<Batch> parts = batch.split(this::newBuilder);
        for (Batch each : parts) {
            memoryUsed += each.sizeBytes();
            each.retryAtMs = nowMs;
        }
        queue.replace(batch, parts);
    }

    private void refuse(PartitionQueue queue, Batch batch, ProduceAnswer answer) {
        String said = answer.message() == null ? "" : ": " + answer.message();
        fail(
                queue,
                batch,
                batch.maybeWritten ? Kind.UNKNOWN : Kind.REFUSED,
                "the broker says " + answer.error() + said);
    }

    private void expire(PartitionQueue queue, Batch batch) {
        String after = "not confirmed within delivery.timeout.ms of " + options.deliveryTimeoutMs() + " ms, after "
                + batch.attempts + " attempts, the last of which ended with " + batch.lastError;
        if (batch.outstanding) {
            settleFailed(batch, Kind.UNKNOWN, batch.lastError, after);
        } else {
            fail(queue, batch, batch.maybeWritten ? Kind.UNKNOWN : Kind.NOT_WRITTEN, after);
        }
    }

    private void fail(PartitionQueue queue, Batch batch, Kind kind, String message) {
        settleFailed(batch, kind, batch.lastError, message);
        giveUp(queue, batch);
    }

    private void settleFailed(Batch batch, Kind kind, ErrorCode error, String message) {
        if (!batch.isSettled()) {
            String text = batch.recordCount() + " records for " + batch.partition() + ": " + message;
            batch.settleFailed(new DeliveryFailure(kind, error, text));
            settled.add(batch);
        }
    }

    /** The batch leaves, and its sequence was perhaps never used. */
    private void giveUp(PartitionQueue queue, Batch batch) {
        remove(queue, batch);
        if (batch.isSequenced()) {
            queue.onGap();
        }
    }

    private void remove(PartitionQueue queue, Batch batch) {
        if (batch.outstanding) {
            queue.returned(batch);
        }
        memoryUsed -= batch.isOpen() ? RecordBatch.HEADER_SIZE + batch.unpackedBytes() : batch.sizeBytes();
        queues.remove(queue, batch);
        batch.release();
    }
}
