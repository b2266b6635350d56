package io.millrace.broker.storage.shard;

import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The entries of {@code log.dirs} together. A folder that is missing, because its disk is not mounted or its entry was
 * dropped, must stop the start: its partitions would come up empty in the others and give their offsets again.
 *
 * <p>So every folder remembers the ids of the others.
 */
public final class DataFolders {

    private DataFolders() {}

    /**
     * Makes sure that no folder is missing, before anything is written.
     *
     * @throws DataFolderException when one is
     */
    public static void requireAll(List<DataFolder> folders) throws IOException {
        Set<String> present = new HashSet<>();
        for (DataFolder folder : folders) {
            String id = folder.directoryId();
            if (id != null) {
                present.add(id);
            }
        }
        for (DataFolder folder : folders) {
            for (Map.Entry<String, String> companion : folder.companions().entrySet()) {
                if (!present.contains(companion.getKey())) {
                    throw missing(companion.getKey(), companion.getValue(), folder);
                }
            }
        }
    }

    /**
     * Makes sure that all folders belong to this broker, and that each will know the others.
     *
     * @throws DataFolderException when one belongs to another broker
     */
    public static void claim(List<DataFolder> folders, String clusterId, int nodeId) throws IOException {
        // A new folder gets its id first: one that is remembered without having it would be missed for ever.
        for (DataFolder folder : folders) {
            folder.claim(clusterId, nodeId);
        }
        for (DataFolder folder : folders) {
            folder.companions(others(folders, folder));
        }
    }

    private static Map<String, String> others(List<DataFolder> folders, DataFolder self) throws IOException {
        Map<String, String> others = new LinkedHashMap<>();
        for (DataFolder other : folders) {
            String id = other.directoryId();
            if (other != self && id != null) {
                others.put(id, other.path().toString());
            }
        }
        return others;
    }

    private static DataFolderException missing(String id, String where, DataFolder witness) {
        return new DataFolderException("data folder " + where + " (directory.id=" + id + ") is missing: its disk is not"
                + " mounted, or it is no longer in log.dirs. Mount it, or put it back into log.dirs. Only if it is lost for"
                + " good, with the records in it: remove the line " + DataFolder.COMPANION_PREFIX + id + " from "
                + DataFolder.META + " in every other folder, such as " + witness
                + "; then its partitions start empty");
    }
}
