package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderEpochsTest {

    private final LeaderEpochs epochs = new LeaderEpochs();

    private LeaderEpochsTest() {
        epochs.assign(2, 10);
        epochs.assign(2, 15);
        epochs.assign(4, 20);
        epochs.assign(5, 30);
    }

    @Test
    void answersWithTheLargestEpochNotAboveTheOneAskedFor() {
        assertThat(epochs.endOf(1, 40)).isEqualTo(new EpochEnd(1, 10));
        assertThat(epochs.endOf(2, 40)).isEqualTo(new EpochEnd(2, 20));
        assertThat(epochs.endOf(3, 40)).isEqualTo(new EpochEnd(2, 20));
        assertThat(epochs.endOf(4, 40)).isEqualTo(new EpochEnd(4, 30));
        assertThat(epochs.endOf(5, 40)).isEqualTo(new EpochEnd(5, 40));
        assertThat(epochs.endOf(6, 40)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(new LeaderEpochs().endOf(0, 40)).isEqualTo(EpochEnd.UNDEFINED);
    }

    @Test
    void neverAnswersBeyondWhatIsVisible() {
        assertThat(epochs.endOf(4, 25)).isEqualTo(new EpochEnd(4, 25));
    }

    @Test
    void knowsTheEpochOfAnOffset() {
        assertThat(epochs.epochAt(9)).isEqualTo(-1);
        assertThat(epochs.epochAt(10)).isEqualTo(2);
        assertThat(epochs.epochAt(29)).isEqualTo(4);
        assertThat(epochs.epochAt(99)).isEqualTo(5);
    }

    @Test
    void dropsLaterEntriesThatANewOneContradicts() {
        epochs.assign(3, 18);

        assertThat(epochs.entries()).containsExactly(new LeaderEpochs.Entry(2, 10), new LeaderEpochs.Entry(3, 18));
    }

    @Test
    void cutsBothEnds() {
        epochs.truncateFromEnd(30);
        assertThat(epochs.entries()).containsExactly(new LeaderEpochs.Entry(2, 10), new LeaderEpochs.Entry(4, 20));
        epochs.truncateFromStart(25);
        assertThat(epochs.entries()).containsExactly(new LeaderEpochs.Entry(4, 25));
        epochs.truncateFromStart(5);
        assertThat(epochs.entries()).containsExactly(new LeaderEpochs.Entry(4, 25));
    }

    @Test
    void isReadBackAsItWasWritten(@TempDir Path directory) throws IOException {
        String text = epochs.takeChanges();
        assertThat(text).isEqualTo("0\n3\n2 10\n4 20\n5 30\n");
        assertThat(epochs.takeChanges()).isNull();
        Files.writeString(directory.resolve(LeaderEpochs.NAME), text);

        LeaderEpochs read = LeaderEpochs.read(new OsFileStore(), directory);

        assertThat(read).isNotNull();
        assertThat(read.entries()).isEqualTo(epochs.entries());
    }

    @Test
    void treatsADamagedFileAsMissing(@TempDir Path directory) throws IOException {
        OsFileStore store = new OsFileStore();
        assertThat(LeaderEpochs.read(store, directory)).isNull();
        for (String damaged : new String[] {
            "", "1\n0\n", "0\n", "0\n2\n1 1\n", "0\nx\n", "0\n1\nnonsense\n", "0\n2\n3 5\n2 9\n", "0\n2\n2 5\n3 5\n"
        }) {
            Files.writeString(directory.resolve(LeaderEpochs.NAME), damaged);
            assertThat(LeaderEpochs.read(store, directory)).as(damaged).isNull();
        }
    }
}
