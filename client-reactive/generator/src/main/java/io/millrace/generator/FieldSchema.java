package io.millrace.generator;

import org.jspecify.annotations.Nullable;

/**
 * One field of a structure.
 *
 * @param name the Java name
 * @param about the schema's description, may be empty
 * @param versions those that have the field
 * @param nullableVersions those in which it may be null
 * @param tag its tag if it is a tagged field
 * @param ignorable whether it is dropped silently in versions that do not have it
 * @param defaultText the schema's default, empty for the default of the type
 * @param flexibleVersions overrides the message's flexible versions, for this field only
 */
record FieldSchema(
        String name,
        String about,
        FieldType type,
        Versions versions,
        Versions nullableVersions,
        @Nullable Integer tag,
        boolean ignorable,
        String defaultText,
        @Nullable Versions flexibleVersions) {

    FieldSchema {
        if (!nullableVersions.isEmpty() && !type.canBeNull()) {
            throw new SchemaException(name + " cannot be null by its type");
        }
        if (tag != null && type == FieldType.Primitive.RECORDS) {
            throw new SchemaException(name + ": records cannot be tagged");
        }
    }

    boolean isTagged() {
        return tag != null;
    }

    /** Whether Java code has to expect null. Records are null until they are set. */
    boolean isNullable() {
        return !nullableVersions.isEmpty() || type == FieldType.Primitive.RECORDS;
    }

    boolean isDefaultNull() {
        return defaultText.equals("null") || type == FieldType.Primitive.RECORDS;
    }
}
