package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BrokerStorageTest {

    private static final long MIB = 1 << 20;

    @Test
    void sharesTheMemoryForRecordsAmongTheFolders() {
        assertThat(BrokerStorage.logMemoryBytes(64 * MIB, 512 * MIB, 1)).isEqualTo(64 * MIB);
        assertThat(BrokerStorage.logMemoryBytes(64 * MIB, 512 * MIB, 4)).isEqualTo(16 * MIB);
    }

    /** A broker with -Xmx64m and all else by default went offline after 50 MB: the journal and the sockets had no memory. */
    @Test
    void leavesMemoryToConnectionsAndTheJournal() {
        assertThat(BrokerStorage.logMemoryBytes(64 * MIB, 64 * MIB, 1)).isEqualTo(16 * MIB);
        assertThat(BrokerStorage.logMemoryBytes(64 * MIB, 64 * MIB, 2)).isEqualTo(8 * MIB);
    }

    @Test
    void givesEachFolderEnoughForOneLargeWrite() {
        assertThat(BrokerStorage.logMemoryBytes(MIB, 512 * MIB, 3)).isEqualTo(MIB);
    }

    @Test
    void leavesMostOfTheHeapToOthersThanCompaction() {
        assertThat(BrokerStorage.keyMemoryBytes(128 * MIB, 4096 * MIB, 1)).isEqualTo(128 * MIB);
        assertThat(BrokerStorage.keyMemoryBytes(128 * MIB, 4096 * MIB, 4)).isEqualTo(32 * MIB);
        assertThat(BrokerStorage.keyMemoryBytes(128 * MIB, 256 * MIB, 2)).isEqualTo(16 * MIB);
    }
}
