package io.millrace.generator;

import java.util.List;

/** Writes the members of one class: that of a message or that of a structure in it. */
final class StructWriter {

    private final MessageSchema message;
    private final StructSchema struct;
    private final JavaSource out;
    private final Condition flexible;
    private final List<FieldCode> fields;

    StructWriter(MessageSchema message, StructSchema struct, JavaSource out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
        this.flexible = Condition.in(message.flexibleVersions(), struct.versions());
        this.fields = struct.fields().stream().map(this::code).toList();
    }

    private FieldCode code(FieldSchema field) {
        Versions override = field.flexibleVersions();
        String inFlexible = flexible.depends() ? "flexible" : flexible.expression();
        if (field.isTagged()) {
            inFlexible = "true";
        } else if (override != null) {
            inFlexible = Condition.in(override, struct.versions()).expression();
        }
        return new FieldCode(
                field, struct.name(), inFlexible, message.flexibleVersions().intersect(struct.versions()));
    }

    void write() {
        fieldDeclarations();
        constructors();
        accessors();
        new ReadMethods(struct, isRoot(), fields, flexible, out).write();
        new WriteMethods(struct, isRoot(), fields, flexible, out).write();
        new ObjectMethods(message, struct, fields, keepsUnknownTags(), out).write();
    }

    private boolean isRoot() {
        return message.isRoot(struct);
    }

    private boolean keepsUnknownTags() {
        return !flexible.isNever();
    }

    /** The first statements of a method that depends on {@code version}. */
    static void beginVersioned(StructSchema struct, boolean root, Condition flexible, JavaSource out) {
        if (root) {
            out.open("if (version < LOWEST_SUPPORTED_VERSION || version > HIGHEST_SUPPORTED_VERSION)");
            out.line("throw WireException.unknownVersion(\"" + struct.name() + "\", version);");
            out.close();
        }
        if (flexible.depends()) {
            out.line("boolean flexible = " + flexible.expression() + ";");
        }
    }

    private void fieldDeclarations() {
        if (isRoot()) {
            out.line("public static final short LOWEST_SUPPORTED_VERSION = "
                    + message.validVersions().low() + ";");
            out.line("public static final short HIGHEST_SUPPORTED_VERSION = "
                    + message.validVersions().high() + ";");
            if (message.kind() == MessageSchema.Kind.COORDINATOR_KEY) {
                out.blank();
                out.javadoc("The number in front of the key that tells what record it is.");
                out.line("public static final short RECORD_TYPE = " + message.apiKey() + ";");
            }
            out.blank();
        } else if (StructUses.comparedWithDefault(message, struct)) {
            out.line("private static final " + struct.name() + " DEFAULT = new " + struct.name() + "();");
            out.blank();
        }
        for (FieldCode code : fields) {
            String declaration =
                    "private " + code.declaredType() + " " + code.field().name();
            out.line(
                    isJavaDefault(code.defaultValue())
                            ? declaration + ";"
                            : declaration + " = " + code.defaultValue() + ";");
        }
        if (keepsUnknownTags()) {
            out.line("private List<TaggedField> unknownTaggedFields = List.of();");
        }
    }

    private static boolean isJavaDefault(String value) {
        return value.equals("0")
                || value.equals("0L")
                || value.equals("0.0")
                || value.equals("false")
                || value.equals("null");
    }

    private void constructors() {
        out.blank();
        out.line("public " + struct.name() + "() {}");
        out.blank();
        out.open("public " + struct.name() + "(WireReader in, short version)");
        out.line("read(in, version);");
        out.close();
        if (isRoot()) {
            versionMethods();
        }
    }

    private void versionMethods() {
        if (message.hasApiKey()) {
            override("ApiKey apiKey()", "ApiKey." + JavaNames.constant(message.apiName()));
        }
        override("short lowestSupportedVersion()", "LOWEST_SUPPORTED_VERSION");
        override("short highestSupportedVersion()", "HIGHEST_SUPPORTED_VERSION");
    }

    private void override(String signature, String value) {
        out.blank();
        out.line("@Override");
        out.open("public " + signature);
        out.line("return " + value + ";");
        out.close();
    }

    private void accessors() {
        for (FieldCode code : fields) {
            String name = code.field().name();
            out.blank();
            out.javadoc(document(code.field()));
            out.open("public " + code.declaredType() + " " + name + "()");
            out.line("return " + name + ";");
            out.close();
            out.blank();
            out.open("public " + struct.name() + " " + name + "(" + code.declaredType() + " " + name + ")");
            out.line("this." + name + " = " + name + ";");
            out.line("return this;");
            out.close();
        }
        if (keepsUnknownTags()) {
            out.blank();
            out.javadoc("Tagged fields that the schema does not know, by ascending tag.");
            out.open("public List<TaggedField> unknownTaggedFields()");
            out.line("return unknownTaggedFields;");
            out.close();
            out.blank();
            out.open("public " + struct.name() + " unknownTaggedFields(List<TaggedField> unknownTaggedFields)");
            out.line("this.unknownTaggedFields = unknownTaggedFields;");
            out.line("return this;");
            out.close();
        }
    }

    private String document(FieldSchema field) {
        StringBuilder text = new StringBuilder(field.about().trim());
        if (text.length() > 0 && text.charAt(text.length() - 1) != '.') {
            text.append('.');
        }
        Versions possible = struct.versions();
        if (Condition.in(field.versions(), possible).depends()) {
            text.append(" Versions ").append(field.versions().describe()).append('.');
        }
        Condition nullable =
                Condition.in(field.nullableVersions(), field.versions().intersect(possible));
        if (nullable.depends()) {
            text.append(" May be null in versions ")
                    .append(field.nullableVersions().describe())
                    .append('.');
        }
        return text.toString();
    }
}
