package io.millrace.broker.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeTopicPartitionsRequest;
import io.millrace.wire.message.DescribeTopicPartitionsRequest.Cursor;
import io.millrace.wire.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.millrace.wire.message.DescribeTopicPartitionsResponse;
import io.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescribeTopicPartitionsHandlerTest {
    private final AdminFixture fixture = new AdminFixture();

    @BeforeEach
    void createTopics() {
        fixture.create(AdminFixture.topic("a", 1, 1), AdminFixture.topic("b", 3, 1), AdminFixture.topic("c", 2, 1));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void noTopicsMeansAllInTheOrderOfNames() {
        assertThat(pages(request(2000))).containsExactly("a0 b0 b1 b2 c0 c1");
    }

    @Test
    void pagesJoinWithoutGapOrRepetition() {
        assertThat(pages(request(1))).containsExactly("a0", "b0", "b1", "b2", "c0", "c1");
        assertThat(pages(request(2))).containsExactly("a0 b0", "b1 b2", "c0 c1");
        assertThat(pages(request(3))).containsExactly("a0 b0 b1", "b2 c0 c1");
        assertThat(pages(request(4))).containsExactly("a0 b0 b1 b2", "c0 c1");
    }

    @Test
    void aPageHasRoomForOnePartitionAtLeast() {
        assertThat(pages(request(0))).hasSize(6);
        assertThat(pages(request(-3))).hasSize(6);
    }

    @Test
    void describesNamedTopicsOnceAndInOrder() {
        assertThat(pages(request(2000, "c", "a", "c"))).containsExactly("a0 c0 c1");
        assertThat(pages(request(2, "c", "a", "b"))).containsExactly("a0 b0", "b1 b2", "c0 c1");
    }

    @Test
    void namesTheTroubleWithATopic() {
        List<DescribeTopicPartitionsResponseTopic> topics =
                ask(request(2000, "a", "gone", "bad name")).topics();
        assertThat(topics)
                .extracting(DescribeTopicPartitionsResponseTopic::errorCode)
                .containsExactly(
                        ErrorCode.NONE.code(),
                        ErrorCode.INVALID_TOPIC_EXCEPTION.code(),
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(topics.get(0).topicId()).isEqualTo(fixture.topicId("a"));
        assertThat(topics.get(0).partitions()).singleElement().satisfies(partition -> {
            assertThat(partition.leaderId()).isEqualTo(1);
            assertThat(partition.leaderEpoch()).isZero();
            assertThat(partition.isrNodes()).containsExactly(1);
            assertThat(partition.eligibleLeaderReplicas()).isEmpty();
            assertThat(partition.lastKnownElr()).isEmpty();
        });
    }

    @Test
    void goesOnBehindATopicThatWasDeletedBetweenPages() {
        DescribeTopicPartitionsResponse page = ask(request(2000).cursor(cursor("aa", 5)));
        assertThat(render(page)).isEqualTo("b0 b1 b2 c0 c1");
    }

    @Test
    void aCursorBehindTheLastPartitionLeavesNone() {
        DescribeTopicPartitionsResponse page = ask(request(2000, "b").cursor(cursor("b", 9)));
        assertThat(page.topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.partitions()).isEmpty());
        assertThat(page.nextCursor()).isNull();
    }

    @Test
    void refusesACursorThatNoPageEndedWith() {
        for (Cursor cursor : List.of(cursor("b", -1), cursor("z", 0))) {
            DescribeTopicPartitionsResponse page = ask(request(2000, "a", "b").cursor(cursor));
            assertThat(page.topics())
                    .hasSize(2)
                    .allMatch(topic -> topic.errorCode() == ErrorCode.INVALID_REQUEST.code());
        }
    }

    @Test
    void aPageIsBoundedWhateverTheClientWants() {
        fixture.create(AdminFixture.topic("wide", 4500, 1));
        assertThat(pages(request(Integer.MAX_VALUE, "wide"))).hasSize(3);
    }

    private List<String> pages(DescribeTopicPartitionsRequest request) {
        List<String> pages = new ArrayList<>();
        DescribeTopicPartitionsResponse page = ask(request);
        pages.add(render(page));
        while (page.nextCursor() != null) {
            page = ask(request.cursor(
                    cursor(page.nextCursor().topicName(), page.nextCursor().partitionIndex())));
            pages.add(render(page));
        }
        return pages;
    }

    private static String render(DescribeTopicPartitionsResponse page) {
        List<String> partitions = new ArrayList<>();
        page.topics()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> partitions.add(topic.name() + partition.partitionIndex())));
        return String.join(" ", partitions);
    }

    private DescribeTopicPartitionsResponse ask(DescribeTopicPartitionsRequest request) {
        return fixture.ask(0, request, DescribeTopicPartitionsResponse.class);
    }

    private static DescribeTopicPartitionsRequest request(int limit, String... names) {
        List<TopicRequest> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(new TopicRequest().name(name));
        }
        return new DescribeTopicPartitionsRequest().topics(topics).responsePartitionLimit(limit);
    }

    private static Cursor cursor(String topic, int partition) {
        return new Cursor().topicName(topic).partitionIndex(partition);
    }
}
