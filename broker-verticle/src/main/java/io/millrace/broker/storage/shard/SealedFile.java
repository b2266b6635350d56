package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.JournalFile;
import java.util.Map;

/**
 * A journal file that takes no more entries, on its way from the commit stage to the checkpoint stage.
 *
 * @param ends logs with batches in the file, and the end offset that must be in synced segments before it is recycled.
 *     Nobody changes it any more
 * @param hasMarkers whether it holds log starts, which must be in the checkpoint file before it is recycled
 */
record SealedFile(JournalFile file, Map<PartitionLog, Long> ends, boolean hasMarkers) {}
