package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.Decision;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicDecisions;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.CreatePartitionsRequest;
import io.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.millrace.wire.message.CreatePartitionsResponse;
import io.millrace.wire.message.CreateTopicsRequest;
import io.millrace.wire.message.CreateTopicsResponse;
import io.millrace.wire.message.DeleteTopicsRequest;
import io.millrace.wire.message.DeleteTopicsResponse;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timeout that a request for a change carries: REQUEST_TIMED_OUT means that nothing was done. */
class AdminTimeoutTest {
    private final AdminFixture fixture = new AdminFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aTimeoutThatIsOverChangesNothing(int timeoutMs) {
        fixture.given("old");

        CreateTopicsResponse created = fixture.ask(
                7,
                new CreateTopicsRequest()
                        .topics(List.of(AdminFixture.topic("new", 1, 1)))
                        .timeoutMs(timeoutMs),
                CreateTopicsResponse.class);
        CreatePartitionsResponse grown = fixture.ask(
                3,
                new CreatePartitionsRequest()
                        .topics(List.of(
                                new CreatePartitionsTopic().name("old").count(5).assignments(null)))
                        .timeoutMs(timeoutMs),
                CreatePartitionsResponse.class);
        DeleteTopicsResponse deleted = fixture.ask(
                5,
                new DeleteTopicsRequest().topicNames(List.of("old")).timeoutMs(timeoutMs),
                DeleteTopicsResponse.class);

        short timedOut = ErrorCode.REQUEST_TIMED_OUT.code();
        assertThat(created.topics().get(0).errorCode()).isEqualTo(timedOut);
        assertThat(grown.results().get(0).errorCode()).isEqualTo(timedOut);
        assertThat(deleted.responses().get(0).errorCode()).isEqualTo(timedOut);
        assertThat(fixture.image().topic("new")).isNull();
        assertThat(fixture.image().topic("old"))
                .isNotNull()
                .satisfies(topic -> assertThat(topic.partitions()).hasSize(2));
    }

    @Test
    void whatWaitsBehindOthersUntilItsTimeIsOverIsNotDone() throws Exception {
        fixture.given("a", "b");
        AtomicLong now = new AtomicLong(Long.MAX_VALUE);
        ClusterDecisions decisions = new ClusterDecisions(fixture.log(), now::get);
        CountDownLatch busy = new CountDownLatch(1);
        fixture.log().submit(image -> {
            awaitUninterrupted(busy);
            return Decision.unchanged(image);
        });

        Future<Decided<TopicImage>> late = decisions.decide(TopicDecisions.delete("a"), false, now.get() + 10);
        Future<Decided<TopicImage>> inTime = decisions.decide(TopicDecisions.delete("b"), false, now.get() + 11);
        now.addAndGet(10);
        busy.countDown();

        assertThat(late.await(10, TimeUnit.SECONDS).error().code()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThat(inTime.await(10, TimeUnit.SECONDS).isRefused()).isFalse();
        assertThat(fixture.image().topic("a")).isNotNull();
        assertThat(fixture.image().topic("b")).isNull();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
