package io.millrace.perf.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionCheckTest {
    private final Ledger ledger = new Ledger();
    private final PartitionCheck check = new PartitionCheck(ledger, 0);

    @BeforeEach
    void threeAcknowledgedAndOneUnknown() {
        Lane lane = ledger.lane(7, 0);
        for (int number = 0; number < 3; number++) {
            lane.acknowledged(lane.next(), number);
        }
        lane.next();
    }

    @Test
    void acceptsEveryAcknowledgedRecordInOrder() {
        assertThat(read(0, 1, 2)).isEmpty();
    }

    @Test
    void acceptsAnUnacknowledgedRecordThatArrived() {
        assertThat(read(0, 1, 2, 3)).isEmpty();
    }

    @Test
    void findsALostRecord() {
        assertThat(read(0, 1)).singleElement().asString().contains("number=2", "is lost");
    }

    @Test
    void findsADuplicate() {
        assertThat(read(0, 1, 2, 2)).singleElement().asString().contains("a second time");
    }

    @Test
    void findsAnUnacknowledgedRecordThatArrivedTwice() {
        assertThat(read(0, 1, 2, 3, 3)).singleElement().asString().contains("a second time");
    }

    @Test
    void findsRecordsOutOfOrderAndAtOtherOffsetsThanPromised() {
        assertThat(read(0, 2, 1))
                .anySatisfy(v -> assertThat(v).contains("after number 2"))
                .anySatisfy(v -> assertThat(v).contains("acknowledged at 2"));
    }

    @Test
    void findsAChangedByte() {
        byte[] value = new RecordId(7, 0, 0).value();
        value[value.length - 1] ^= 1;
        check.onRecord(0, value);
        assertThat(check.finish()).anySatisfy(v -> assertThat(v).contains("changed bytes"));
    }

    @Test
    void findsAGapInTheOffsets() {
        check.onRecord(0, new RecordId(7, 0, 0).value());
        check.onRecord(2, new RecordId(7, 0, 1).value());
        assertThat(check.finish()).anySatisfy(v -> assertThat(v).contains("offset 2 follows 0"));
    }

    @Test
    void findsARecordThatNobodySent() {
        assertThat(read(0, 1, 2, 9)).singleElement().asString().contains("never sent");
    }

    private List<String> read(int... numbers) {
        long offset = 0;
        for (int number : numbers) {
            check.onRecord(offset++, new RecordId(7, 0, number).value());
        }
        return check.finish();
    }
}
