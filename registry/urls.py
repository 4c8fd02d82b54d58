"""The pages of the record."""

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from registry.forms.accounts import ChangedPasswordForm, NewPasswordForm
from registry.views import accounts, cohorts, corrections, dictionary, home, measurements, patients

ONE_PATIENT = "cohorts/<slug:slug>/patients/<str:study_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", auth.LoginView.as_view(template_name="registry/login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "password-reset/",
        login_not_required(
            auth.PasswordResetView.as_view(
                template_name="registry/password_reset.html",
                email_template_name="registry/password_reset_email.txt",
                subject_template_name="registry/password_reset_subject.txt",
            )
        ),
        name="password_reset",
    ),
    path(
        "password-reset/sent/",
        login_not_required(
            auth.PasswordResetDoneView.as_view(template_name="registry/password_reset_sent.html")
        ),
        name="password_reset_done",
    ),
    path(
        "password-reset/<uidb64>/<token>/",
        login_not_required(
            auth.PasswordResetConfirmView.as_view(
                template_name="registry/password_new.html", form_class=NewPasswordForm
            )
        ),
        name="password_reset_confirm",
    ),
    path(
        "password-reset/done/",
        login_not_required(
            auth.PasswordResetCompleteView.as_view(template_name="registry/password_done.html")
        ),
        name="password_reset_complete",
    ),
    path(
        "account/password/",
        auth.PasswordChangeView.as_view(
            template_name="registry/password_new.html",
            form_class=ChangedPasswordForm,
            success_url="/account/",
        ),
        name="password_change",
    ),
    path("setup/<str:token>/", accounts.setup, name="setup"),
    path("account/", accounts.account, name="account"),
    path("account/sign-out-everywhere/", accounts.sign_out_everywhere, name="sign-out-everywhere"),
    path("people/", accounts.people, name="people"),
    path("people/add/", accounts.add_person, name="person-add"),
    path("people/<int:pk>/roles/add/", accounts.grant, name="role-grant"),
    path("people/roles/<int:pk>/revoke/", accounts.revoke, name="role-revoke"),
    path("people/<int:pk>/close/", accounts.close_person, name="person-close"),
    path("dictionary/", dictionary.dictionary, name="dictionary"),
    path("dictionary/add/", dictionary.add, name="analyte-add"),
    path("new-site/", cohorts.add_site, name="site-add"),
    path("new-cohort/", cohorts.add_cohort, name="cohort-add"),
    path("cohorts/<slug:slug>/", home.cohort, name="cohort"),
    path("cohorts/<slug:slug>/definition/", cohorts.define, name="cohort-define"),
    path("cohorts/<slug:slug>/patients/", home.patients, name="patients"),
    path("cohorts/<slug:slug>/enrol/", patients.enrol, name="enrol"),
    path(ONE_PATIENT, patients.patient, name="patient"),
    path(f"{ONE_PATIENT}correct/", patients.correct, name="patient-correct"),
    path(f"{ONE_PATIENT}withdraw/", patients.withdraw, name="patient-withdraw"),
    path(f"{ONE_PATIENT}changes/", patients.changes, name="patient-changes"),
    path(f"{ONE_PATIENT}draws/add/", measurements.add_draw, name="draw-add"),
    path(f"{ONE_PATIENT}draws/<int:pk>/correct/", corrections.draw, name="draw-correct"),
    path(f"{ONE_PATIENT}draws/<int:pk>/remove/", corrections.draw_removal, name="draw-remove"),
    path(f"{ONE_PATIENT}results/<int:pk>/correct/", corrections.result, name="result-correct"),
    path(f"{ONE_PATIENT}calcification/add/", measurements.add_calcification, name="calcification-add"),
    path(
        f"{ONE_PATIENT}calcification/<int:pk>/correct/",
        corrections.calcification,
        name="calcification-correct",
    ),
    path(f"{ONE_PATIENT}outcomes/add/", measurements.add_outcome, name="outcome-add"),
    path(f"{ONE_PATIENT}outcomes/<int:pk>/correct/", corrections.outcome, name="outcome-correct"),
    path(f"{ONE_PATIENT}outcomes/<int:pk>/remove/", corrections.outcome_removal, name="outcome-remove"),
    path(f"{ONE_PATIENT}contacts/add/", measurements.add_contact, name="contact-add"),
    path(f"{ONE_PATIENT}contacts/<int:pk>/correct/", corrections.contact, name="contact-correct"),
]
