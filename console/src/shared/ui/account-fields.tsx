import { PasswordInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface EmailFieldProps {
  value: string;
  onChange: (email: string) => void;
  readOnly?: boolean;
  autoFocus?: boolean;
  autoComplete?: "username" | "off";
}

/** An e-mail address; written from left to right in any language. */
export function EmailField({ autoFocus, autoComplete = "off", ...field }: EmailFieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("auth.email")}
      type="email"
      name="email"
      autoComplete={autoComplete}
      dir="ltr"
      required
      withAsterisk={false}
      {...(autoFocus ? { "data-autofocus": true } : {})}
      readOnly={field.readOnly ?? false}
      value={field.value}
      onChange={(event) => field.onChange(event.currentTarget.value)}
    />
  );
}

interface PasswordFieldProps {
  label: string;
  value: string;
  onChange: (password: string) => void;
  /** A password that is chosen here: says what it must be. */
  fresh?: boolean;
}

/** A password; password managers know by its kind whether to fill in or to make one. */
export function PasswordField({ label, value, onChange, fresh = false }: PasswordFieldProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={label}
      description={fresh ? t("auth.welcome.passwordNote") : undefined}
      name="password"
      autoComplete={fresh ? "new-password" : "current-password"}
      dir="ltr"
      required
      withAsterisk={false}
      {...(fresh ? { minLength: 10 } : {})}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
