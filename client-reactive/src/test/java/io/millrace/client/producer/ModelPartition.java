package io.millrace.client.producer;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The log of one partition, as all leaders that it ever has see it, with a broker's rules for sequences. */
final class ModelPartition {
    private static final int REMEMBERED = 5;

    /** The values, by their offsets. */
    final List<String> log = new ArrayList<>();

    private final Map<Long, Producer> producers = new HashMap<>();
    int batchBytesMax = Integer.MAX_VALUE;

    private record Remembered(int firstSequence, int lastSequence, long baseOffset) {}

    private static final class Producer {
        short epoch = -1;
        int lastSequence = -1;
        final Deque<Remembered> batches = new ArrayDeque<>();
    }

    /** What the broker would answer, having appended the batch if that is a success. */
    ProduceAnswer append(ByteBuf batch) {
        int at = batch.readerIndex();
        if (RecordBatch.check(batch, at, batch.writerIndex()) != RecordBatch.Integrity.VALID) {
            return ProduceAnswer.failed(ErrorCode.CORRUPT_MESSAGE, null);
        }
        if (RecordBatch.length(batch, at) > batchBytesMax) {
            return ProduceAnswer.failed(ErrorCode.MESSAGE_TOO_LARGE, null);
        }
        if (RecordBatch.producerId(batch, at) == RecordBatch.NO_PRODUCER_ID) {
            return ProduceAnswer.written(store(batch), -1);
        }
        Producer producer = producers.computeIfAbsent(RecordBatch.producerId(batch, at), id -> new Producer());
        short epoch = RecordBatch.producerEpoch(batch, at);
        int first = RecordBatch.baseSequence(batch, at);
        int last = RecordBatch.lastSequence(batch, at);
        if (epoch < producer.epoch) {
            return ProduceAnswer.failed(ErrorCode.INVALID_PRODUCER_EPOCH, null);
        }
        if (epoch == producer.epoch) {
            for (Remembered each : producer.batches) {
                if (each.firstSequence == first && each.lastSequence == last) {
                    return ProduceAnswer.written(each.baseOffset, -1);
                }
            }
        }
        int expected = epoch == producer.epoch ? RecordBatch.sequenceAfter(producer.lastSequence, 1) : 0;
        if (first != expected) {
            return ProduceAnswer.failed(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "expected " + expected + ", not " + first);
        }
        if (epoch > producer.epoch) {
            producer.batches.clear();
        }
        long baseOffset = store(batch);
        producer.epoch = epoch;
        producer.lastSequence = last;
        producer.batches.add(new Remembered(first, last, baseOffset));
        if (producer.batches.size() > REMEMBERED) {
            producer.batches.remove();
        }
        return ProduceAnswer.written(baseOffset, -1);
    }

    private long store(ByteBuf batch) {
        long baseOffset = log.size();
        try (RecordReader records = RecordReader.open(batch, batch.readerIndex(), Integer.MAX_VALUE)) {
            while (records.next()) {
                log.add(Objects.requireNonNull(records.value()).toString(StandardCharsets.UTF_8));
            }
        }
        return baseOffset;
    }
}
