package io.millrace.broker.storage.shard;

import java.io.IOException;

/** A data folder that this broker must not use. The message tells the operator why and what to do. */
public final class DataFolderException extends IOException {

    private static final long serialVersionUID = 1;

    DataFolderException(String message) {
        super(message);
    }
}
