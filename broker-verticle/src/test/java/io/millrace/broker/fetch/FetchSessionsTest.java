package io.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.Uuids;
import io.millrace.wire.message.FetchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who gets a session, and who loses one for it. */
class FetchSessionsTest {
    private static final long LONG = FetchSessions.EVICTION_NANOS + 1;
    private static final int PARTITIONS_MAX = 100;

    private final FetchSessions sessions = new FetchSessions(2, PARTITIONS_MAX);

    /** Any instant will do, also one near the end of the clock. */
    private long now = Long.MAX_VALUE - LONG;

    @Test
    void findsASessionOnlyByItsConnectionAndItsId() {
        FetchSession session = begin(1, 1);

        assertThat(sessions.find(1, session.id())).isSameAs(session);
        assertThat(sessions.find(1, session.id() ^ 1)).isNull();
        assertThat(sessions.find(2, session.id())).isNull();
    }

    @Test
    void aNewSessionOfAConnectionReplacesItsOldOne() {
        FetchSession old = begin(1, 10);
        begin(2, 1);

        FetchSession replacing = begin(1, 5);

        assertThat(sessions.find(1, old.id())).isNull();
        assertThat(sessions.find(1, replacing.id())).isSameAs(replacing);
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void nobodyGivesWayToASessionThatIsNoLarger() {
        begin(1, 3);
        begin(2, 3);
        now += FetchSessions.EVICTION_NANOS;

        assertThat(tryBegin(3, 3)).isNull();
        assertThat(tryBegin(3, 2)).isNull();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void aSessionThatWasNotUsedForLongGivesWayWhateverItsSize() {
        FetchSession idle = begin(1, 50);
        FetchSession used = begin(2, 1);
        now += LONG;
        used.used(now);

        begin(3, 1);

        assertThat(sessions.find(1, idle.id())).isNull();
        assertThat(sessions.find(2, used.id())).isSameAs(used);
    }

    @Test
    void theOneThatWasUsedLongestAgoGoesFirst() {
        FetchSession first = begin(1, 1);
        FetchSession second = begin(2, 1);
        first.used(now + 1);
        // A client that asks for what it does not have does not keep what it has.
        assertThat(sessions.find(2, second.id() ^ 1)).isNull();
        now += LONG + 2;

        begin(3, 1);

        assertThat(sessions.find(2, second.id())).isNull();
        assertThat(sessions.find(1, first.id())).isSameAs(first);
    }

    @Test
    void aLargerSessionTakesThePlaceOfTheSmallestThatIsNotNew() {
        FetchSession small = begin(1, 2);
        now += LONG;
        small.used(now);
        FetchSession smallerButNew = begin(2, 1);

        assertThat(tryBegin(3, 2)).isNull();
        begin(3, 3);

        assertThat(sessions.find(1, small.id())).isNull();
        assertThat(sessions.find(2, smallerButNew.id())).isSameAs(smallerButNew);
    }

    @Test
    void newSessionsStayHoweverLargeTheNextIs() {
        begin(1, 1);
        begin(2, 1);
        now += FetchSessions.EVICTION_NANOS;

        assertThat(tryBegin(3, PARTITIONS_MAX - 2)).isNull();
    }

    @Test
    void partitionsAreBoundedOverAllSessions() {
        FetchSession first = begin(1, 60);

        assertThat(tryBegin(2, 41)).isNull();
        FetchSession second = begin(2, 40);
        sessions.remove(1);
        begin(3, 60);

        assertThat(sessions.find(1, first.id())).isNull();
        assertThat(sessions.find(2, second.id())).isSameAs(second);
    }

    @Test
    void aSessionThatCanNeverFitCostsNobodyItsPlace() {
        FetchSession idle = begin(1, 1);
        now += LONG;

        assertThat(tryBegin(2, PARTITIONS_MAX + 1)).isNull();

        assertThat(sessions.find(1, idle.id())).isSameAs(idle);
    }

    @Test
    void aSessionThatGrowsBeyondTheBoundEnds() {
        begin(1, 60);
        FetchSession growing = begin(2, 40);
        FetchRequest more = new FetchRequest().sessionEpoch(growing.epoch());
        more.topics().add(topic("more", 1));
        assertThat(growing.advance(more, false).code()).isZero();

        assertThat(sessions.resized(2, growing, 40)).isFalse();

        assertThat(sessions.size()).isEqualTo(1);
        begin(3, 40);
    }

    private FetchSession begin(long connection, int partitions) {
        return Objects.requireNonNull(tryBegin(connection, partitions), "no place");
    }

    private @Nullable FetchSession tryBegin(long connection, int partitions) {
        List<FetchTarget> targets = new ArrayList<>();
        FetchRequest.FetchTopic topic = topic("t", partitions);
        topic.partitions().forEach(each -> targets.add(new FetchTarget(topic.topic(), Uuids.ZERO, each)));
        return sessions.create(connection, false, targets, now);
    }

    private static FetchRequest.FetchTopic topic(String name, int partitions) {
        FetchRequest.FetchTopic topic = new FetchRequest.FetchTopic().topic(name);
        for (int i = 0; i < partitions; i++) {
            topic.partitions().add(new FetchRequest.FetchPartition().partition(i));
        }
        return topic;
    }
}
