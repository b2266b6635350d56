package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final VirtualClock clock = new VirtualClock();
    private final List<Long> intended = new ArrayList<>();

    @Test
    void sendsAtTheTimesThatWereFixedBeforehand() throws Exception {
        OpenLoop loop = loop(producer(-1, 0), 10 * MS);
        loop.run(100 * MS, 100 * MS, 150 * MS);
        assertThat(intended).containsExactly(100 * MS, 110 * MS, 120 * MS, 130 * MS, 140 * MS);
        assertThat(loop.acks().getMaxValue()).isZero();
        assertThat(loop.acknowledgedPerSecond()).isEqualTo(100);
    }

    @Test
    void aStallIsFeltByEveryRecordThatShouldHaveBeenSentMeanwhile() throws Exception {
        OpenLoop loop = loop(producer(2, 45 * MS), 10 * MS);

        loop.run(0, 0, 100 * MS);

        // The third stalls for 45 ms: it is that late, and those due meanwhile are 35, 25, 15 and 5 ms late.
        assertThat(intended).hasSize(10);
        assertThat(loop.acks().getCountBetweenValues(4_900, 100_000)).isEqualTo(5);
        assertThat(loop.acks().getMaxValue()).isCloseTo(45_000L, within(50L));
        assertThat(loop.acks().getCountBetweenValues(34_900, 35_100)).isEqualTo(1);
        assertThat(loop.acks().getCountBetweenValues(24_900, 25_100)).isEqualTo(1);
    }

    @Test
    void warmUpIsInNoFigure() throws Exception {
        OpenLoop loop = loop(producer(1, 30 * MS), 10 * MS);
        loop.run(0, 50 * MS, 100 * MS);
        assertThat(loop.sent()).isEqualTo(10);
        assertThat(loop.acks().getTotalCount()).isEqualTo(5);
        assertThat(loop.acks().getMaxValue()).isZero();
    }

    @Test
    void failsWithWhatTheClientReports() {
        MockProducer<byte[], byte[]> refusing =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<byte[], byte[]> record, Callback callback) {
                        var sent = super.send(record, callback);
                        errorNext(new IllegalStateException("refused"));
                        return sent;
                    }
                };
        assertThatThrownBy(() -> loop(refusing, 10 * MS).run(0, 0, 100 * MS)).hasMessage("refused");
        assertThat(intended).hasSize(1);
    }

    private OpenLoop loop(MockProducer<byte[], byte[]> producer, long interval) {
        return new OpenLoop(
                producer,
                nanos -> {
                    intended.add(nanos);
                    return new ProducerRecord<>("t", new byte[] {1});
                },
                clock,
                interval);
    }

    /** Acknowledges at once, but blocks the sender once for so long, as a client with a full buffer does. */
    private MockProducer<byte[], byte[]> producer(int stallAt, long stallNanos) {
        return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            private int sent;

            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
                if (sent++ == stallAt) {
                    clock.park(stallNanos);
                }
                return super.send(record, callback);
            }
        };
    }

    private static final class VirtualClock implements Clock {
        private long now;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void park(long nanos) {
            now += nanos;
        }
    }
}
