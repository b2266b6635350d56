package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.client.ProducerRecord;
import io.millrace.client.TopicPartition;
import io.millrace.client.serde.Codecs;
import io.millrace.wire.record.Compression;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A record becomes bytes in its batch without objects of its own; what its future needs is the driver's. */
class AppendAllocationTest {
    private static final int BATCH = 8 * 1024 * 1024;
    private static final int RECORDS = 40_000;

    /** The place of a delivery and of a time, in arrays that double. */
    private static final long BYTES_MAX = 64;

    private static final Delivery NOBODY = new Delivery() {
        @Override
        public void onDelivered(int partition, long offset, long timestampMs) {}

        @Override
        public void onFailed(DeliveryFailure failure) {}
    };

    @Test
    void arrayPlacesAreAllThatARecordCosts() {
        BatchingOptions options =
                new BatchingOptions(BATCH, 10, 4L * BATCH, BATCH, 60_000, 100, 1_000, 5, false, Compression.NONE, 0);
        Accumulator accumulator = new Accumulator(options, new UnpooledByteBufAllocator(false), new Random(1));
        accumulator.onLeaders(new Leaders() {
            @Override
            public int leaderOf(TopicPartition partition) {
                return 1;
            }

            @Override
            public int leaderEpochOf(TopicPartition partition) {
                return 0;
            }
        });
        Intake<byte[], byte[]> intake = new Intake<>(accumulator, Codecs.BYTES, Codecs.BYTES, options, new Random(1));
        intake.onTopic("t", new OnePartition(), 0);
        ProducerRecord<byte[], byte[]> record = ProducerRecord.of("t", new byte[10], new byte[100]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The first batch shows how much memory the next one begins with.
        fill(accumulator, intake, record);
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < RECORDS; i++) {
            intake.send(record, NOBODY, 100, 1_000);
        }
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        long ofTheBatch = accumulator.memoryUsed() + 1024 * 1024;
        accumulator.abort("measured");
        assertThat((allocated - ofTheBatch) / RECORDS)
                .as("bytes for a record, of %d in all", allocated)
                .isLessThan(BYTES_MAX);
    }

    private static void fill(
            Accumulator accumulator, Intake<byte[], byte[]> intake, ProducerRecord<byte[], byte[]> record) {
        for (int i = 0; i < RECORDS; i++) {
            intake.send(record, NOBODY, 0, 1_000);
        }
        for (Batch each : accumulator.drain(1, 50)) {
            accumulator.onAnswer(each, ProduceAnswer.written(0, -1), 60);
        }
        accumulator.complete();
    }

    private static final class OnePartition implements PartitionLoad {
        @Override
        public int partitionCount() {
            return 1;
        }

        @Override
        public boolean isAvailable(int partition) {
            return true;
        }

        @Override
        public int queuedBatches(int partition) {
            return 0;
        }
    }
}
