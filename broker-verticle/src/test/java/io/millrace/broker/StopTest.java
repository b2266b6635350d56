package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.shard.FlushSummary;
import io.millrace.broker.testing.BrokerTestBase;
import io.millrace.broker.testing.RawClient;
import io.millrace.broker.testing.Requests;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.FetchRequest;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ProduceResponse;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What clients see of an orderly stop. */
class StopTest extends BrokerTestBase {
    private static final String TOPIC = "stopped";
    private static final int VERSION = 9;
    private static final int ANSWERS_BEFORE = 500;

    @Test
    void everyRecordThatIsInTheLogAfterAStopUnderLoadWasAcknowledged() throws Exception {
        RawClient client = client();
        Requests.createTopic(client, TOPIC, 1, Map.of());
        CountDownLatch underLoad = new CountDownLatch(ANSWERS_BEFORE);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<?> sending = threads.submit(() -> sendWithoutWaiting(client));
        Future<Integer> answered = threads.submit(() -> countAnswers(client, underLoad));
        assertThat(underLoad.await(30, TimeUnit.SECONDS)).isTrue();

        restartBroker();

        sending.get(30, TimeUnit.SECONDS);
        threads.shutdown();
        assertThat(answered.get(30, TimeUnit.SECONDS)).isEqualTo((int) endOffset());
    }

    @Test
    void aFetchThatWaitsIsAnsweredAndDelaysNoStop() throws Exception {
        RawClient client = client();
        Requests.createTopic(client, TOPIC, 1, Map.of());
        FetchRequest waiting = Requests.fetch(TOPIC, 0, 0).maxWaitMs(60_000);
        byte[] first = RawClient.frame(new ApiVersionsRequest(), (short) 0, 100);
        byte[] second = RawClient.frame(waiting, (short) 12, 101);
        // The broker reads both at once, so the second has begun to wait when the first is answered.
        client.sendBytes(ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array());
        client.receive(ApiVersionsResponse.class, ApiKey.API_VERSIONS, 0, 100);

        long start = System.nanoTime();
        restartBroker();

        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(8));
        FetchResponse answer = client.receive(FetchResponse.class, ApiKey.FETCH, 12, 101);
        assertThat(Requests.first(answer).errorCode()).isZero();
        assertThat(client.isClosedByBroker()).isTrue();
    }

    /** The client that asked may be gone, so that no connection holds up the stop. */
    @Test
    void whatIsDecidedWhileTheBrokerStopsTakesEffectAndLeavesTheFoldersClean() throws Exception {
        try (RawClient client = broker().raw()) {
            Requests.createTopic(client, TOPIC, 1, Map.of());
        }
        Thread appends = threadOf("millrace-append-0");
        BrokerVerticle stopped = broker().verticle();
        BrokerStorage storage = Objects.requireNonNull(stopped.storage());
        AtomicBoolean ringsHadStopped = new AtomicBoolean();
        storage.metadata().submit(image -> {
            // Longer than a stop of the rings takes, should it not wait for this decision.
            ringsHadStopped.set(joined(appends, 1_000));
            return TopicDecisions.delete(TOPIC).decide(image);
        });

        restartBroker();

        assertThat(ringsHadStopped).isFalse();
        assertThat(stopped.flushed()).matches(FlushSummary::isClean);
        assertThat(storage.logs().logs()).isEmpty();
    }

    private static Thread threadOf(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static boolean joined(Thread thread, long timeoutMs) {
        try {
            thread.join(timeoutMs);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return !thread.isAlive();
    }

    /** Until the broker is gone: then the socket refuses. */
    private static void sendWithoutWaiting(RawClient client) {
        try {
            while (true) {
                client.send(Requests.produce(TOPIC, 0, -1, batch()), VERSION);
            }
        } catch (IOException gone) {
            assertThat(gone).isNotNull();
        }
    }

    /** Each answer follows the one before it and names the next offset; the last is whole. */
    private static int countAnswers(RawClient client, CountDownLatch underLoad) throws IOException {
        int answers = 0;
        try {
            while (true) {
                // The topic was created by request 1.
                ProduceResponse answer = client.receive(ProduceResponse.class, ApiKey.PRODUCE, VERSION, answers + 2);
                ProduceResponse.PartitionProduceResponse partition =
                        answer.responses().get(0).partitionResponses().get(0);
                assertThat(partition.errorCode()).isZero();
                assertThat(partition.baseOffset()).isEqualTo(answers);
                answers++;
                underLoad.countDown();
            }
        } catch (EOFException stopped) {
            client.close();
            return answers;
        }
    }

    private long endOffset() throws IOException {
        FetchResponse response = client().call(Requests.fetch(TOPIC, 0, 0), 12, FetchResponse.class);
        return Requests.first(response).highWatermark();
    }

    private static ByteBuf batch() {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            return builder.append(System.currentTimeMillis(), null, new byte[1_000])
                    .build();
        }
    }
}
