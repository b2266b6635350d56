package io.millrace.broker.group.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever asked for what goes wrong in our own code has an answer, so that its connection does not wait for ever. */
class OwnMistakeTest extends GroupTestBase {

    private final List<ErrorCode> answers = new ArrayList<>();

    private abstract class Asked implements Operation {
        @Override
        public String groupId() {
            return GROUP;
        }

        @Override
        public void refuse(ErrorCode error) {
            answers.add(error);
        }
    }

    private Operation failing() {
        return new Asked() {
            @Override
            public Decision decide(Group group, Moment now) {
                throw new IllegalStateException("planted");
            }
        };
    }

    @Test
    void anOperationThatCannotDecideIsAnswered() {
        assertThatThrownBy(() -> fixture.submit(failing())).hasMessage("planted");

        assertThat(answers).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void soIsOneThatWaitedForTheDisk() {
        TestMember a = member();
        stabilize(a);
        fixture.holdDisk();
        a.commit(0, 5);
        fixture.submit(failing());
        assertThat(answers).isEmpty();

        assertThatThrownBy(fixture::flush).hasMessage("planted");

        assertThat(answers).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(fetch(0)).isEqualTo(5);
    }

    @Test
    void soIsOneThatFailsWhenItsRecordsAreDurable() {
        GroupRecord tombstone = new OffsetRecord(GROUP, TestMember.TOPIC, 0, null);
        Operation operation = new Asked() {
            @Override
            public Decision decide(Group group, Moment now) {
                return new Decision(
                        List.of(tombstone),
                        at -> {
                            throw new IllegalStateException("planted");
                        },
                        (error, at) -> refuse(error));
            }
        };

        assertThatThrownBy(() -> fixture.submit(operation)).hasMessage("planted");

        assertThat(answers).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
