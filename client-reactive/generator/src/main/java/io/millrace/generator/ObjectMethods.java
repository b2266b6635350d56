package io.millrace.generator;

import java.util.ArrayList;
import java.util.List;

/** Writes the methods of one class that do not depend on a version: release, comparison and text form. */
final class ObjectMethods {

    private final MessageSchema message;
    private final StructSchema struct;
    private final List<FieldCode> fields;
    private final boolean keepsUnknownTags;
    private final JavaSource out;

    ObjectMethods(
            MessageSchema message,
            StructSchema struct,
            List<FieldCode> fields,
            boolean keepsUnknownTags,
            JavaSource out) {
        this.message = message;
        this.struct = struct;
        this.fields = fields;
        this.keepsUnknownTags = keepsUnknownTags;
        this.out = out;
    }

    void write() {
        if (StructUses.hasRecords(message, struct)) {
            releaseMethod();
        }
        if (StructUses.comparedWithDefault(message, struct)) {
            out.blank();
            out.open("boolean isDefault()");
            out.line("return equals(DEFAULT);");
            out.close();
        }
        equalsMethod();
        hashCodeMethod();
        toStringMethod();
    }

    private void releaseMethod() {
        out.blank();
        if (message.isRoot(struct)) {
            out.line("@Override");
        }
        out.open("public void release()");
        for (FieldCode code : fields) {
            if (StructUses.hasRecords(message, code.field())) {
                releaseField(code);
            }
        }
        out.close();
    }

    private void releaseField(FieldCode code) {
        String variable = code.variable();
        if (code.field().isNullable()) {
            out.open("if (" + variable + " != null)");
        }
        if (code.field().type() instanceof FieldType.Array array) {
            out.open("for (" + array.element().javaType() + " element : " + variable + ")");
            out.line("element.release();");
            out.close();
        } else {
            out.line(variable + ".release();");
        }
        if (code.field().isNullable()) {
            out.close();
        }
    }

    private void equalsMethod() {
        List<String> parts = new ArrayList<>();
        fields.forEach(code -> parts.add(code.isEqual()));
        if (keepsUnknownTags) {
            parts.add("unknownTaggedFields.equals(that.unknownTaggedFields)");
        }
        out.blank();
        out.line("@Override");
        out.open("public boolean equals(@Nullable Object other)");
        if (parts.isEmpty()) {
            out.line("return other instanceof " + struct.name() + ";");
        } else {
            out.line("return other instanceof " + struct.name() + " that");
            for (int i = 0; i < parts.size(); i++) {
                out.line("        && " + parts.get(i) + (i == parts.size() - 1 ? ";" : ""));
            }
        }
        out.close();
    }

    private void hashCodeMethod() {
        List<String> parts = new ArrayList<>();
        fields.forEach(code -> parts.add(code.hash()));
        if (keepsUnknownTags) {
            parts.add("unknownTaggedFields.hashCode()");
        }
        out.blank();
        out.line("@Override");
        out.open("public int hashCode()");
        if (parts.isEmpty()) {
            out.line("return 0;");
        } else if (parts.size() == 1) {
            out.line("return " + parts.get(0) + ";");
        } else {
            out.line("int hash = " + parts.get(0) + ";");
            parts.stream().skip(1).forEach(part -> out.line("hash = 31 * hash + " + part + ";"));
            out.line("return hash;");
        }
        out.close();
    }

    private void toStringMethod() {
        out.blank();
        out.line("@Override");
        out.open("public String toString()");
        if (fields.isEmpty()) {
            out.line("return \"" + struct.name() + "()\";");
        } else {
            String separator = struct.name() + "(";
            for (int i = 0; i < fields.size(); i++) {
                String name = fields.get(i).field().name();
                out.line((i == 0 ? "return \"" : "        + \"") + separator + name + "=\" + " + name);
                separator = ", ";
            }
            out.line("        + \")\";");
        }
        out.close();
    }
}
